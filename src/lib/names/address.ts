/** One address of a name. */
export type Address = { readonly address: string; readonly family: 4 | 6 };

/**
 * A name has no address, or its addresses could not be found out now: `no-answer` says nothing about the name itself.
 */
export class ResolveError extends Error {
  override readonly name = 'ResolveError';
  readonly kind: 'not-found' | 'no-answer';

  constructor(kind: 'not-found' | 'no-answer', name: string, options?: ErrorOptions) {
    super(kind === 'not-found' ? `${name} has no address` : `No name server answered for ${name}`, options);
    this.kind = kind;
  }
}
