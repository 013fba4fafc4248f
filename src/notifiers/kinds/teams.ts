import Type from 'typebox';
import { secretUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { cut, jsonBytes, linesWithin } from '../text.ts';

const config = Type.Object({
  url: secretUrl('The address of the workflow “When a Teams webhook request is received”'),
});

const maxLines = 20_000;
/** What surrounds a line in JSON. */
const eachLine = 80;

/**
 * A card of a workflow, at most 28 KB. The texts of hosts are text runs, because text blocks would read them as Markdown.
 * Source: learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors, adaptivecards.io/explorer.
 */
export const teams = notifier({
  kind: 'teams',
  title: 'Microsoft Teams',
  config,
  dress: (message, { url }) => {
    const color = message.isOver
      ? 'good'
      : ({ critical: 'attention', warning: 'warning', info: 'accent' } as const)[message.severity];
    const title = { type: 'TextRun', text: cut(message.title, 250), weight: 'bolder', size: 'medium', color };
    const lines = linesWithin(message.lines, maxLines, { size: jsonBytes, each: eachLine });
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'RichTextBlock', inlines: [title] },
        ...lines.map((text) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] })),
      ],
      actions: message.url === null ? [] : [{ type: 'Action.OpenUrl', title: 'Open in Sonde', url: message.url }],
    };
    const card = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
    const body = JSON.stringify({ type: 'message', attachments: [card] });
    return { via: 'http', requests: [{ method: 'POST', url, headers: { 'content-type': 'application/json' }, body }] };
  },
});
