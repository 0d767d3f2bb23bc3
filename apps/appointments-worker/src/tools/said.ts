/** What was said, without blanks around it; models fill in an empty text for what they do not know. */
export function said(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
