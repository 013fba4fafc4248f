/** When metrics are collected. */
export const policyTexts = {
  question: 'When shall numbers be collected?',
  always: 'Always',
  alwaysText: 'Every 30 s, day and night. History and alerts need it.',
  looking: 'Only while somebody looks',
  lookingText: 'Whether hosts are up is checked all the same; the rest only while a page is open.',
  hint: 'You can change it in the settings, for all hosts or one.',
} as const;
