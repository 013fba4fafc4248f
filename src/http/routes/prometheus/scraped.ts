import { sendErrorAsText } from '../../errors.ts';
import { about } from '../../route.ts';

const security = [{ bearer: [] }, { basic: [] }, { cookie: [] }];

/** A route for Prometheus, which may also send an API key as the password of Basic. */
export function scraped<Schema extends Parameters<typeof about>[3]>(summary: string, schema: Schema) {
  const { config, schema: described } = about('read', 'prometheus', summary, { security, ...schema });
  return { config: { ...config, takesBasic: true }, schema: described };
}

/** The same where answers are text, errors as well. */
export function scrapedText<Schema extends Parameters<typeof about>[3]>(summary: string, schema: Schema) {
  return { ...scraped(summary, schema), errorHandler: sendErrorAsText };
}
