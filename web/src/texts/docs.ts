/** The page that describes the API. */
export const docsTexts = {
  title: 'API',
  lead: 'Every request goes to this Sonde, as the account you are logged in with. Programs use an API key instead.',
  description: 'OpenAPI description',
  filter: 'Find a route',
  filterHint: 'Path or description…',
  none: 'No route matches.',
  anonymous: 'You are not logged in: only public routes respond.',
  public: 'public',
  required: 'required',
  body: 'Body (JSON)',
  send: 'Send',
  answer: 'Response',
  other: 'other',
} as const;
