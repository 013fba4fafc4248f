/** The texts of the Debian package that depend on the version: control, changelog, copyright. */
import { sectionOf } from '../changelog.ts';

export type Maintainer = { readonly name: string; readonly email: string };

/** As Debian's own tools take it from the environment. */
export function maintainerOf(env: Readonly<Record<string, string | undefined>>): Maintainer {
  return { name: env.DEBFULLNAME ?? 'Sonde maintainers', email: env.DEBEMAIL ?? 'maintainers@sonde.invalid' };
}

/**
 * A version as Debian compares it, where `~` comes before the end: 1.2.0-rc.1 becomes 1.2.0~rc.1, which is older than 1.2.0.
 * Source: deb-version(7).
 */
export function debianVersion(version: string): string {
  return version.replace(/-/, '~').replaceAll('-', '.');
}

export type Control = {
  readonly version: string;
  readonly architecture: string;
  readonly maintainer: Maintainer;
  readonly installedKib: number;
  readonly nodeVersion: string;
};

/** The file `control`. Source: deb-control(5). The libraries are those that the Node inside is linked with. */
export function controlText({ version, architecture, maintainer, installedKib, nodeVersion }: Control): string {
  return `Package: sonde
Version: ${debianVersion(version)}
Architecture: ${architecture}
Maintainer: ${maintainer.name} <${maintainer.email}>
Installed-Size: ${installedKib}
Depends: adduser, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Section: net
Priority: optional
Description: server monitoring over SSH, without agents
 Sonde shows whether servers are up and how they are doing, with nothing
 installed on them: an address and a login are enough. It keeps history,
 records what goes wrong and sends messages about it, on a web page and
 with an API.
 .
 This package contains Node.js ${nodeVersion}, which Sonde runs on.
`;
}

/** Debian's changelog: the versions of CHANGELOG.md, of which it repeats nothing. Source: deb-changelog(5). */
export function changelogText(
  changelog: string,
  version: string,
  maintainer: Maintainer,
  epochSeconds: number,
): string {
  const released = [...changelog.matchAll(/^## (\d\S*) \((\d{4}-\d\d-\d\d)\)$/gm)].map(([, of = '', date = '']) => ({
    of,
    date: new Date(`${date}T12:00:00Z`),
  }));
  const isDevelopment = sectionOf(changelog, version) === null;
  const entries = [...(isDevelopment ? [{ of: version, date: new Date(epochSeconds * 1000) }] : []), ...released];
  return entries
    .map(({ of, date }) => {
      const what =
        of === version && isDevelopment ? 'A build that is not a release.' : `Sonde ${of}: see CHANGELOG.md.gz.`;
      const when = date.toUTCString().replace('GMT', '+0000');
      return `sonde (${debianVersion(of)}) stable; urgency=medium\n\n  * ${what}\n\n -- ${maintainer.name} <${maintainer.email}>  ${when}\n`;
    })
    .join('\n');
}

/** The licences, as machines read them. Source: the Debian Policy Manual, copyright format 1.0. */
export const copyrightText = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: sonde

Files: *
Copyright: 2026 the authors of Sonde
License: Apache-2.0

Files: usr/lib/sonde/bin/node
Copyright: 2009-2026 Node.js contributors, and the authors of what it contains
License: Node.js
 The licences of Node.js and of everything that it contains are in
 /usr/share/doc/sonde/node-license.txt.gz.

Files: usr/lib/sonde/lib/* usr/lib/sonde/node_modules/* usr/lib/sonde/web/*
Copyright: 2026 the authors of Sonde, and those named in THIRD-PARTY-NOTICES.txt.gz
License: Apache-2.0 and others
 Sonde contains packages of npm under their own licences. All of them are in
 /usr/share/doc/sonde/THIRD-PARTY-NOTICES.txt.gz.

License: Apache-2.0
 The full text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
`;
