import { useState } from 'react';
import { useFresh } from '../../../api/fresh.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { type ProviderView, providerQuery, publicProviderQuery } from '../../../api/sign-in.ts';
import { Copy } from '../../../components/copy.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { Notice } from '../../../components/notice.tsx';
import { providerTexts as words } from '../../../texts/people/sign-in.ts';
import { Loaded, Panel } from '../panel.tsx';
import { ProviderForm } from './provider-form.tsx';
import { RequestsPanel } from './requests.tsx';

/** The provider that people sign in with, and those who wait for an account. */
export function SignInSettings() {
  const query = useFresh(providerQuery);
  const [removals, setRemovals] = useState(0);
  return (
    <>
      <Panel lead={words.lead}>
        <Loaded query={query}>
          {(view) => (
            <>
              {view.passwordLogin ? null : <Notice kind="info">{words.passwordsOff}</Notice>}
              <Addresses view={view} />
              {view.source === 'sealed' ? <Notice kind="warn">{words.sealed}</Notice> : null}
              {view.source === 'file' ? (
                <Notice kind="info" title={view.config?.issuer ?? ''}>
                  {words.fromFile}
                </Notice>
              ) : (
                <ProviderForm key={removals} config={view.config} />
              )}
              {view.source === 'page' ? <Remove onRemoved={() => setRemovals(removals + 1)} /> : null}
            </>
          )}
        </Loaded>
      </Panel>
      <RequestsPanel />
    </>
  );
}

/** What the provider must know about Sonde. */
function Addresses({ view }: { readonly view: ProviderView }) {
  return (
    <div className="flex flex-col gap-3">
      {(
        [
          [words.redirect, view.redirectUri],
          [words.logout, view.logoutUri],
        ] as const
      ).map(([label, address]) => (
        <div key={label} className="flex flex-col gap-1">
          <p className="text-sm font-medium">{label}</p>
          <Copy label={label} text={address} />
        </div>
      ))}
    </div>
  );
}

function Remove({ onRemoved }: { readonly onRemoved: () => void }) {
  const remove = async (): Promise<void> => {
    await request('DELETE', '/sign-in/provider');
    await refresh(providerQuery, publicProviderQuery);
    onRemoved();
  };
  return (
    <div className="border-t border-line pt-4">
      <Confirm label={words.remove} title={words.removeTitle} text={words.removeText} onConfirm={remove} />
    </div>
  );
}
