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

/**
 * The change log after a release: what was not released yet becomes the section of `version`, below an empty one. Throws
 * if there is nothing to release, or the version has a section already.
 */
export function release(changelog: string, version: string, date: string): string {
  if (sectionOf(changelog, version) !== null) throw new Error(`CHANGELOG.md already has a section for ${version}`);
  if (!sectionOf(changelog, 'Unreleased')) throw new Error('CHANGELOG.md has nothing under "Unreleased"');
  return changelog.replace(unreleased, `${unreleased}\n\n## ${version} (${date})`);
}

/** What a build of this tree is called: a version that has no section of its own yet is not that version. */
export function buildVersion(changelog: string, version: string): string {
  return sectionOf(changelog, version) === null ? `${version}-dev` : version;
}
