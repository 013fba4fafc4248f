/** The change log as releases need it: a section for each version, newest first, and what is not released yet on top. */

const unreleased = '## Unreleased';

/** What a version changed, without its heading; null if the change log has no section for it. */
export function sectionOf(changelog: string, version: string): string | null {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line === `## ${version}` || line.startsWith(`## ${version} `));
  if (start < 0) return null;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  return section.join('\n').trim();
}

/** The day of a version's release, as its heading states it; null if the change log has no such section or day. */
export function dayOf(changelog: string, version: string): string | null {
  const headings = changelog.split('\n').filter((line) => line.startsWith(`## ${version} (`));
  return /\((\d{4}-\d\d-\d\d)\)$/.exec(headings[0] ?? '')?.[1] ?? null;
}

/**
 * The change log after a release: what was not released yet becomes the section of `version`, below an empty one. Throws
 * if there is nothing to release, the day is none, the version has a section already, or is not newer than the newest.
 */
export function release(changelog: string, version: string, date: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date)))
    throw new Error(`${date} is not a day such as 2026-12-01`);
  if (sectionOf(changelog, version) !== null) throw new Error(`CHANGELOG.md already has a section for ${version}`);
  if (!sectionOf(changelog, 'Unreleased')) throw new Error('CHANGELOG.md has nothing under "Unreleased"');
  const newest = changelog.split('\n').flatMap((line) => /^## (\d\S*)/.exec(line)?.[1] ?? [])[0];
  if (newest !== undefined && compareVersions(version, newest) <= 0)
    throw new Error(`${version} is not newer than ${newest}, the newest version in CHANGELOG.md`);
  return changelog.replace(unreleased, `${unreleased}\n\n## ${version} (${date})`);
}

/** What a build of this tree is called: a version that has no section of its own yet is not that version. */
export function buildVersion(changelog: string, version: string): string {
  return sectionOf(changelog, version) === null ? `${version}-dev` : version;
}

/** As semantic versioning orders them, for versions such as 1.2.3 and 1.2.3-rc.1. */
function compareVersions(one: string, other: string): number {
  const parts = (version: string): readonly string[] => version.replace('-', '.~').split('.');
  const [left, right] = [parts(one), parts(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [a, b] = [left[index], right[index]];
    if (a === b) continue;
    // A version comes after those that lead to it: 1.2.3 has no part where 1.2.3-rc.1 has one.
    if (a === undefined) return b?.startsWith('~') ? 1 : -1;
    if (b === undefined) return a.startsWith('~') ? -1 : 1;
    const isNumber = /^\d+$/.test(a) && /^\d+$/.test(b);
    return isNumber ? Number(a) - Number(b) : a < b ? -1 : 1;
  }
  return 0;
}
