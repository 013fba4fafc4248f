/** Doing one thing to many hosts. */
export const bulkTexts = {
  select: (name: string): string => `Select ${name}`,
  selectAll: 'Select all hosts in the list',
} as const;
