import { useQuery } from '@tanstack/react-query';
import { request } from '../../api/http.ts';
import { otherUsersQuery, refresh, sharesQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Select } from '../../components/form/field.tsx';
import { Form } from '../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { shareTexts } from '../../texts/host.ts';

const words = shareTexts;

/** With whom a host is shared, and giving it to one more; for its owner. */
export function ShareDialog({
  id,
  name,
  onClose,
}: {
  readonly id: number;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const { data: shares = [], error: unread } = useQuery(sharesQuery(id));
  const { data: users } = useQuery(otherUsersQuery);
  const given = useAction(async (form: HTMLFormElement) => {
    const { userId = '', level } = fieldsOf(form);
    await request('PUT', `/shares/${id}/${encodeURIComponent(userId)}`, { level });
    await refresh(sharesQuery(id));
  });
  const taken = useAction(async (userId: string) => {
    await request('DELETE', `/shares/${id}/${encodeURIComponent(userId)}`);
    await refresh(sharesQuery(id));
  });
  const error = unread?.message ?? given.error ?? taken.error;
  return (
    <Dialog title={`${words.title}: ${name}`} onClose={onClose}>
      <p className="text-sm text-muted">{words.text}</p>
      {shares.length === 0 ? <p className="text-sm text-faint">{words.nobody}</p> : null}
      <ul className="flex flex-col">
        {shares.map(({ userId, username, level }) => (
          <li key={userId} className="flex items-center gap-3 border-b border-line py-2 last:border-0">
            <span className="min-w-0 flex-1 break-words">
              {username} <span className="text-sm text-muted">{words.levels[level]}</span>
            </span>
            <Button aria-label={`${words.take}: ${username}`} onClick={() => void taken.run(userId)}>
              {words.take}
            </Button>
          </li>
        ))}
      </ul>
      {users?.length === 0 ? <p className="text-sm text-muted">{words.alone}</p> : null}
      {users && users.length > 0 ? (
        <Form action={given} submit={words.give}>
          <div className="grid grid-cols-2 gap-4">
            <Select label={words.user} name="userId">
              {users.map(({ userId, username }) => (
                <option key={userId} value={userId}>
                  {username}
                </option>
              ))}
            </Select>
            <Select label={words.level} name="level">
              {Object.entries(words.levels).map(([level, text]) => (
                <option key={level} value={level}>
                  {text}
                </option>
              ))}
            </Select>
          </div>
        </Form>
      ) : null}
      {error ? <Notice kind="bad">{error}</Notice> : null}
    </Dialog>
  );
}
