import { useQuery } from '@tanstack/react-query';
import { useFresh } from '../../../api/fresh.ts';
import { request } from '../../../api/http.ts';
import { refresh, usersQuery } from '../../../api/queries.ts';
import { type IdentityRequest, identityRequestsQuery } from '../../../api/sign-in.ts';
import type { User } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { identityTexts as words } from '../../../texts/people/sign-in.ts';
import { List, Loaded, Named, Panel } from '../panel.tsx';

/** People who signed in with the provider and have no account, for an admin to link. */
export function RequestsPanel() {
  const query = useFresh(identityRequestsQuery);
  const { data } = useQuery(usersQuery);
  const free = data?.users.filter(({ is_oidc }) => !is_oidc) ?? [];
  return (
    <Panel title={words.requests} lead={words.requestsLead}>
      <Loaded query={query}>
        {({ requests }) => (
          <List items={requests} empty={words.noRequests} keyOf={({ issuer, subject }) => `${issuer} ${subject}`}>
            {(one) => <Row one={one} users={free} />}
          </List>
        )}
      </Loaded>
    </Panel>
  );
}

function Row({ one, users }: { readonly one: IdentityRequest; readonly users: readonly User[] }) {
  const { issuer, subject, name, email, askedAt } = one;
  const done = (): Promise<unknown> => refresh(identityRequestsQuery, usersQuery);
  const link = useAction(async (form: HTMLFormElement) => {
    await request('POST', `/users/${fieldsOf(form).user ?? ''}/identity`, { issuer, subject });
    await done();
  });
  const dismiss = useAction(async () => {
    await request('POST', '/sign-in/requests/dismiss', { issuer, subject });
    await done();
  });
  const error = link.error ?? dismiss.error;
  const title = name || email || subject;
  const about = [...new Set([email, subject])].filter((part) => part !== '' && part !== title);
  return (
    <>
      <Named name={title} about={[...about, words.asked(format.time(askedAt))].join(' · ')} />
      <form
        className="flex flex-wrap gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void link.run(event.currentTarget);
        }}
      >
        <select
          name="user"
          required
          defaultValue=""
          aria-label={words.account(title)}
          className="min-h-9 min-w-0 max-w-full rounded-lg border border-line-strong bg-surface px-2 text-base sm:text-sm"
        >
          <option value="" disabled>
            {words.choose}
          </option>
          {users.map(({ id, username }) => (
            <option key={id} value={id}>
              {username}
            </option>
          ))}
        </select>
        <Button type="submit" busy={link.isBusy}>
          {words.link}
        </Button>
        <Button look="quiet" busy={dismiss.isBusy} onClick={() => void dismiss.run()}>
          {words.dismiss}
        </Button>
      </form>
      {error ? <Notice kind="bad">{error}</Notice> : null}
    </>
  );
}
