/** A wrong value in the environment; ends the start with its one line and exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
