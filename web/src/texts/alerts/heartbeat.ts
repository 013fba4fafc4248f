/** The dead man's switch. */
export const heartbeatTexts = {
  lead: 'Sonde cannot tell you that it is dead. A service elsewhere can: it warns you when Sonde stops calling it.',
  url: 'Address to call',
  urlHint:
    'Of a check at a service such as Healthchecks: https://hc-ping.com/your-uuid. Later only its beginning is shown.',
  interval: 'Every (seconds)',
  intervalHint: '30 to 86400.',
  tellsFailure: 'While nothing can be saved, call the address with /fail instead',
  tellsFailureHint: 'For services that do not know it, such as Uptime Kuma, leave it off: then Sonde does not call.',
  save: 'Save',
  saved: 'Saved. Sonde calls the address within seconds.',
  states: {
    off: 'Nothing is called.',
    waiting: 'Not called yet.',
    ok: 'The last call was taken.',
    failing: 'The last call was not taken.',
    failed: 'Sonde cannot save what it sees. The last call said so, and was taken.',
    stopped: 'Sonde does not call now, because it cannot do its work.',
    sealed: 'The address cannot be opened with this sealing key. Enter it again.',
  },
  last: (time: string, answer: string): string => `${time}: ${answer}`,
  test: 'Call it now',
  testing: 'Calling…',
  tested: 'The call was taken',
  testFailed: 'The call was not taken',
  remove: 'Turn off',
} as const;
