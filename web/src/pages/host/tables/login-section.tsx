import { DataTable } from '../../../components/data-table.tsx';
import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { hostTexts } from '../../../texts/host.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { Address, Faint } from './small-texts.tsx';

const words = tableTexts;

type Props = { readonly snapshot: Snapshot; readonly className?: string };

/** Who logged in, and who failed to. */
export function LoginSection({ snapshot, className = '' }: Props) {
  const { recentLogins, failedLogins } = snapshot.login_stats;
  const { error } = snapshot.sections.login_stats ?? {};
  /** Of what could not be read nobody knows how many there are. */
  const isKnown = (logins: readonly Login[]): boolean => logins.length > 0 || error == null;
  const columns = [
    { name: words.user, cell: (one: Login) => one.user },
    {
      name: words.from,
      cell: (one: Login) => <Address text={one.ip || texts.dash} />,
    },
    { name: words.when, cell: (one: Login) => <span className="numbers">{format.time(one.time)}</span> },
    { name: words.terminal, isExtra: true, cell: (one: Login) => <Faint text={one.terminal ?? texts.dash} /> },
  ];
  return (
    <Section name="login_stats" section={snapshot.sections.login_stats} className={className}>
      {isKnown(failedLogins) ? (
        <>
          <h3 className={`text-sm font-medium ${failedLogins.length > 0 ? 'text-bad' : 'text-muted'}`}>
            {words.failed} <span className="numbers">{failedLogins.length}</span>
          </h3>
          {failedLogins.length > 0 ? (
            <div className="rounded-lg bg-bad-soft/50 px-3 py-1">
              <DataTable
                label={words.failed}
                rows={failedLogins}
                columns={columns}
                keyOf={(one, index) => `${one.time} ${one.user} ${index}`}
                first={5}
              />
            </div>
          ) : (
            <Nothing>{hostTexts.none.failed}</Nothing>
          )}
        </>
      ) : null}
      {isKnown(recentLogins) ? (
        <>
          <h3 className="text-sm font-medium text-muted">
            {words.successful} <span className="numbers">{recentLogins.length}</span>
          </h3>
          {recentLogins.length > 0 ? (
            <DataTable
              label={words.successful}
              rows={recentLogins}
              columns={columns}
              keyOf={(one, index) => `${one.time} ${one.user} ${index}`}
              first={8}
            />
          ) : (
            <Nothing>{hostTexts.none.logins}</Nothing>
          )}
        </>
      ) : null}
    </Section>
  );
}

type Login = Snapshot['login_stats']['recentLogins'][number];
