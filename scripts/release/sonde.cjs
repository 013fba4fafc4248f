#!/usr/bin/env node
// Starts Sonde, or says which Node it needs. An older Node runs this file too, so it is plain JavaScript.
const needed = 24;
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `sonde: Sonde needs Node ${needed} or newer, and this is ${process.version}. Install a newer Node\n`,
  );
  process.exitCode = 2;
} else {
  import('../lib/main.mjs');
}
