import { DataTable } from '../../../components/data-table.tsx';
import { accountTexts } from '../../../texts/host-details/accounts.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { Nothing, Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { Faint } from '../tables/small-texts.tsx';

const words = accountTexts;
type Account = Snapshot['accounts']['accounts'][number];

/** Which accounts may become root, and how many there are. */
export function AccountSection({ snapshot }: { readonly snapshot: Snapshot }) {
  const { accounts, groups, sudoersFiles } = snapshot.accounts;
  const rows = accounts.filter(({ becomesRoot }) => becomesRoot.length > 0);
  const columns = [
    {
      name: tableTexts.user,
      cell: (one: Account) => (
        <>
          <span className="break-all">{one.name}</span> {one.canLogIn ? null : <Faint text={words.locked} />}
        </>
      ),
    },
    { name: words.because, cell: (one: Account) => one.becomesRoot.map(words.ways).join(', ') },
  ];
  return (
    <Section name="accounts" section={snapshot.sections.accounts}>
      {rows.length > 0 ? (
        <>
          <h3 className="text-sm font-medium text-muted">
            {words.may} <span className="numbers">{rows.length}</span>
          </h3>
          <DataTable label={words.may} rows={rows} columns={columns} keyOf={({ name }) => name} first={8} />
        </>
      ) : (
        <Nothing>{words.none}</Nothing>
      )}
      {sudoersFiles !== null && sudoersFiles.length > 0 ? (
        <p className="break-words text-sm text-muted">
          {words.files}: {sudoersFiles.map((path) => path.replace(/^.*\//, '')).join(', ')}
        </p>
      ) : null}
      {accounts.length > 0 ? <p className="text-xs text-faint">{words.count(accounts.length, groups.length)}</p> : null}
    </Section>
  );
}
