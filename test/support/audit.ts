/** Known vulnerabilities in the packages that Sonde ships, as npm's registry lists them. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { shippedPackages } from '../../scripts/release/shipped.ts';

const root = resolve(import.meta.dirname, '../..');

/** One vulnerability in one shipped package. */
export type Hole = {
  readonly name: string;
  /** The page of the advisory, which identifies it in the exceptions. */
  readonly advisory: string;
  readonly title: string;
  readonly severity: string;
};

type Report = {
  readonly message?: string;
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      {
        readonly name: string;
        /** An advisory, or the name of the package that the vulnerability comes from. */
        readonly via: readonly (string | { readonly url: string; readonly title: string; readonly severity: string })[];
        readonly nodes: readonly string[];
      }
    >
  >;
};

/** Asks the registry. A registry without this service, or that does not answer, is `unavailable` with the reason. */
export async function auditShipped(
  registry?: string,
): Promise<{ readonly holes: readonly Hole[] } | { readonly unavailable: string }> {
  const args = ['audit', '--json', '--fetch-retries=1', '--fetch-timeout=30000'];
  if (registry !== undefined) args.push(`--registry=${registry}`);
  const printed = await new Promise<string>((done) => {
    execFile('npm', args, { cwd: root, maxBuffer: 64 << 20 }, (_error, out) => done(out));
  });
  const report = JSON.parse(printed || '{"message":"npm printed nothing"}') as Report;
  if (report.vulnerabilities === undefined)
    return { unavailable: report.message ?? 'npm reported nothing about vulnerabilities' };
  const places = new Set(shippedPackages().map(({ place }) => place));
  const ofShipped = Object.values(report.vulnerabilities).filter(({ nodes }) => nodes.some((node) => places.has(node)));
  const holes = ofShipped.flatMap(({ name, via }) =>
    via.flatMap((one) =>
      typeof one === 'string' ? [] : [{ name, advisory: one.url, title: one.title, severity: one.severity }],
    ),
  );
  return { holes };
}

/** The vulnerabilities that no exception covers. */
export function uncovered(holes: readonly Hole[], exceptions: Readonly<Record<string, string>>): readonly Hole[] {
  return holes.filter(({ advisory }) => exceptions[advisory] === undefined);
}
