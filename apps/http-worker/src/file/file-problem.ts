/** Something in the tools file that cannot be used as it is. Values never enter the text: they may be secrets. */
export interface FileProblem {
  /** Name of the tool, if it has one. */
  readonly tool?: string;
  /** For example `request.url`; empty for the tool or the file as a whole. */
  readonly field: string;
  /** What is wrong and what is expected. */
  readonly problem: string;
}

/** One line for a person: `tool "order_status": request.url must ...`. */
export function describeProblem({ tool, field, problem }: FileProblem): string {
  const where = tool === undefined ? '' : `tool "${tool}": `;
  return `${where}${field === '' ? problem : `${field} ${problem}`}`;
}
