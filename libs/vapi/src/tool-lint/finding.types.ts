/** `error`: calls suffer from it. `warning`: they may. `info`: worth knowing. */
export const FindingSeverities = ['error', 'warning', 'info'] as const;
export type FindingSeverity = (typeof FindingSeverities)[number];

/** Codes of findings; docs/guides/vapi-tools.md lists them. */
export const FindingCodes = {
  MessageNeverPlays: 'message-never-plays',
  StartTextMissing: 'start-text-missing',
  StartTextSoundsDone: 'start-text-sounds-done',
  DescriptionTooLong: 'description-too-long',
  CallerToolAsync: 'caller-tool-async',
  ToolWithoutCredential: 'tool-without-credential',
  ToolWithoutRetries: 'tool-without-retries',
  ToolNotWanted: 'tool-not-wanted',
  ToolNameTwice: 'tool-name-twice',
  SchemaLooser: 'schema-looser',
  StaticArgumentUnknown: 'static-argument-unknown',
  ServerMessageMissing: 'server-message-missing',
  ServerMessageForbidden: 'server-message-forbidden',
  AssistantServerMissing: 'assistant-server-missing',
  AssistantServerElsewhere: 'assistant-server-elsewhere',
  AssistantServerCredential: 'assistant-server-credential',
  ControlDisabled: 'control-disabled',
  ControlKeyMissing: 'control-key-missing',
  SilenceTimeoutShort: 'silence-timeout-short',
  MaxDurationShort: 'max-duration-short',
  AttachedToolMissing: 'attached-tool-missing',
  ToolNotAttached: 'tool-not-attached',
  ToolPinned: 'tool-pinned',
  ToolInline: 'tool-inline',
} as const;
export type FindingCode = (typeof FindingCodes)[keyof typeof FindingCodes];

/** Something that will not work as it stands. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** E.g. `tool build_report` or `assistant Front desk (<id>)`. */
  readonly where: string;
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Makes findings about one place. */
export function findingsAt(where: string) {
  return (code: FindingCode, severity: FindingSeverity, problem: string, fix: string): Finding => ({
    code,
    severity,
    where,
    problem,
    fix,
  });
}
