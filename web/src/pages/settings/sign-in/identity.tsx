import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../../api/http.ts';
import { refresh, usersQuery } from '../../../api/queries.ts';
import { identityRequestsQuery, publicProviderQuery } from '../../../api/sign-in.ts';
import type { User } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { TextField } from '../../../components/form/field.tsx';
import { Form } from '../../../components/form/form.tsx';
import { fieldsOf, useAction } from '../../../components/form/use-action.ts';
import { identityTexts as words } from '../../../texts/people/sign-in.ts';

/** How a user signs in, beside what else there is to know about them. */
export function signsInOf({ identity, has_password }: User): readonly string[] {
  const who = identity === null ? '' : identity.email || identity.name || identity.subject;
  return [...(who === '' ? [] : [words.signsIn(who)]), ...(has_password ? [] : [words.noPassword])];
}

/** Links a user to somebody of the provider, or ends the link. Nothing where there is no provider and no link. */
export function IdentityAction({ user }: { readonly user: User }) {
  const { data: provider } = useQuery(publicProviderQuery);
  const [isOpen, setIsOpen] = useState(false);
  const { id, username, is_oidc: isLinked, has_password: hasPassword } = user;
  if (isLinked)
    return (
      <Confirm
        label={words.unlink}
        title={words.unlinkTitle(username)}
        text={words.unlinkText(hasPassword)}
        onConfirm={async () => {
          await request('DELETE', `/users/${id}/identity`);
          await refresh(usersQuery);
        }}
      />
    );
  if (!provider) return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{words.byHand}</Button>
      {isOpen ? <LinkDialog user={user} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function LinkDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const action = useAction(async (form: HTMLFormElement) => {
    await request('POST', `/users/${user.id}/identity`, { subject: fieldsOf(form).subject?.trim() ?? '' });
    await refresh(usersQuery, identityRequestsQuery);
    onClose();
  });
  return (
    <Dialog title={words.byHandTitle(user.username)} onClose={onClose}>
      <Form action={action} submit={words.link} onCancel={onClose}>
        <p className="text-sm text-muted">{words.byHandText}</p>
        <TextField
          label={words.subject}
          name="subject"
          required
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
        />
      </Form>
    </Dialog>
  );
}
