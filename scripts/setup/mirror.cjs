const { run } = require('./machine.cjs');

/** The Debian mirror that this machine uses, and the keyring that signs its lists. */
function mirror() {
  const [uri, signedBy] =
    run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(SIGNED_BY)', 'Identifier: Packages'])
      .out.split('\n')
      .map((line) => line.trim().split(' '))
      .find(([site]) => site !== '' && !/security/.test(site)) ?? [];
  return uri === undefined ? undefined : { uri, signedBy };
}

module.exports = { mirror };
