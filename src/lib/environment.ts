type Environment = Readonly<Record<string, string | undefined>>;

const plainNames = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR)$/;

/** What a program needs to know about this machine, without secrets of Sonde or of anybody else. */
export function plainEnvironment(environment: Environment = process.env): Record<string, string> {
  return filtered(environment, (name) => plainNames.test(name));
}

/**
 * The environment without Sonde's own variables, for a program that an admin chose and that needs variables of its own,
 * such as the address of a vault.
 */
export function foreignEnvironment(environment: Environment = process.env): Record<string, string> {
  return filtered(environment, (name) => !name.startsWith('SONDE_'));
}

function filtered(environment: Environment, isKept: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && isKept(name) ? [[name, value]] : [],
    ),
  );
}
