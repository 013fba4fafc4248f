const { run } = require('./machine.cjs');

/** The machine's own mirror of Debian, whatever it is, and what its lists are signed by. */
function mirror() {
  const [uri, signedBy] =
    run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(SIGNED_BY)', 'Identifier: Packages'])
      .out.split('\n')
      .map((line) => line.trim().split(' '))
      .find(([site]) => site !== '' && !/security/.test(site)) ?? [];
  return uri === undefined ? undefined : { uri, signedBy };
}

module.exports = { mirror };
