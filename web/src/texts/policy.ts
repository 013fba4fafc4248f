/** When metrics are collected. */
export const policyTexts = {
  question: 'When should metrics be collected?',
  always: 'Always',
  alwaysText: 'Every 30 s, day and night, and kept as history.',
  looking: 'Only while somebody is looking',
  lookingText:
    'Sonde still checks whether hosts are up. It collects everything else only while their page is open, and keeps no history.',
  hint: 'You can change this in the settings, for all hosts or for one. While history is on, metrics are always collected.',
} as const;
