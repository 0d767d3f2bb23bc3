import { NonRetryableError } from '@interject/worker-sdk';

/** Liquid's own text quotes the template around the fault, which may hold a secret: only the name is taken out of it. */
const UNDEFINED = /^undefined variable: ([^\s,]+)/;

/** A template of the file that cannot be filled with what a tool call brought. */
export class TemplateFailure extends NonRetryableError {
  /**
   * @param field e.g. `request.body`
   * @param problem without any value
   */
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`The template ${field} ${problem}.`, { code: 'template' });
    this.name = 'TemplateFailure';
  }

  /** @param cause what the template engine threw */
  static of(field: string, cause: unknown): TemplateFailure {
    const missing = UNDEFINED.exec(cause instanceof Error ? cause.message : '')?.[1];
    return new TemplateFailure(
      field,
      missing === undefined ? 'cannot be filled' : `names ${missing}, which is not there`,
    );
  }
}
