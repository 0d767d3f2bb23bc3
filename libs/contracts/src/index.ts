// class-transformer's @Type reads design types; who imports this need not have imported Nest.
import 'reflect-metadata';

export { DEFAULT_PARTITIONS, MAX_PARTITIONS, fnv1a, partitionOf } from './partition.js';
export { announcementKey, callToken, canonicalJson, duplicateKey, toolCallKey } from './keys.js';
export { CallerTools, isCallerTool } from './caller-tools.js';
export type { CallerTool } from './caller-tools.js';
export { CALLBACK_SECRET_LENGTH, checkCallbackToken, signCallbackToken } from './callback-token.js';
export type { CallbackSubject, CallbackTokenCheck } from './callback-token.js';
export { toolNameInWords } from './tool-name-in-words.js';
export { soundsLikeSuccess } from './start-text.js';
export { strictParameters, StrictFormats } from './strict-parameters.js';
export type { StrictFormat, StrictParameters, StrictSchema } from './strict-parameters.js';
export { FreeForm } from './free-form.decorator.js';
export { CancelClaim } from './cancel-claim.js';
export { DuplicateClaim } from './duplicate-claim.js';
export {
  HEARTBEAT_LATE_MS,
  HEARTBEAT_MS,
  LiveTool,
  WORKER_PATIENCE_MS,
  WorkerHeartbeat,
} from './events/worker-heartbeat.js';
export {
  Buckets,
  CallEventNames,
  Streams,
  callEventDurable,
  StreamSubjects,
  Subjects,
  TOOL_NAME,
  workerDurable,
} from './subjects.js';
export type { BucketName, CallEventName, StreamName } from './subjects.js';
export { DeadLetterHeaders, EventHeaders, REPLAY_FOR_HEADER } from './headers.js';
export {
  ContractError,
  ErrorCodes,
  isContractError,
  isUnknownVersion,
  UnknownVersionError,
} from './contract-errors.js';
export type { ErrorCode, FieldProblem } from './contract-errors.js';
export { parse, parseJson } from './parse.js';
export { EventFactory, EventTypes, versionInType, writtenData } from './outgoing-events.js';
export { Version, VERSION_FIELD, versionOf } from './versions.js';
export type { VersionReader } from './versions.js';
export { OpenWords } from './open-words.decorator.js';
export type { EventType, OutgoingEvent } from './outgoing-events.js';
export {
  CallEndPolicies,
  compileSpeechPlan,
  DEFAULT_SPEECH_PLAN,
  HoldPolicies,
  InterruptionPolicies,
  SpeechClasses,
  SpeechPlan,
  SpeechTimings,
  SpeechWordings,
  UnconfirmedPolicies,
} from './events/speech-plan.js';
export type {
  CallEndPolicy,
  CompiledSpeechPlan,
  HoldPolicy,
  InterruptionPolicy,
  SpeechClass,
  SpeechTiming,
  SpeechWording,
  UnconfirmedPolicy,
} from './events/speech-plan.js';
export { ToolCallModes } from './events/tool-call-mode.js';
export type { ToolCallMode } from './events/tool-call-mode.js';
export { MAX_ID_LENGTH, ToolCallRequested } from './events/tool-call-requested.js';
export {
  AnnouncementRequested,
  CallEnded,
  CallLimits,
  CallStatusChanged,
  CallStatuses,
  CancelRequested,
  MAX_SPEECH_TEXT,
  ToolCallCalledBack,
  ToolCallFailure,
  ToolCallFinished,
  ToolCallHandedOver,
  ToolCallOutcomes,
  ToolCallProgressed,
  ToolCallRestarted,
  UndeliveredReasons,
  UtteranceUndelivered,
} from './events/call-events.js';
export type { CallStatus, ToolCallOutcome, UndeliveredReason } from './events/call-events.js';
export {
  FloorChanged,
  FloorChanges,
  FloorSpeakers,
  MAX_FINGERPRINT,
  SpeechEvidence,
  SpeechEvidenceSources,
} from './events/floor-changed.js';
export type { FloorChange, FloorSpeaker, SpeechEvidenceSource } from './events/floor-changed.js';
export { fingerprintShare, speechFingerprint } from './speech-fingerprint.js';
export { Admissions, CallQuestion } from './queries/call-question.js';
export type { Admission } from './queries/call-question.js';
export { MAX_LISTED_CALLS, PartitionQuestion } from './queries/partition-question.js';
export type { LiveCall, PartitionState } from './queries/partition-question.js';
export { MAX_MUTED_CALLS, MuteKeys, MuteOrder, MUTED_CALL_KEPT_MS, MutedCall, MutedCalls } from './mute.js';
export { LedgerClaim } from './ledger-claim.js';
export {
  CarriedCall,
  CarriedToolCall,
  Checkpoint,
  ClosedCall,
  RecordedStates,
  UtteranceBatch,
  UtteranceRecord,
  UtteranceSources,
  UtteranceTimes,
} from './events/utterance-records.js';
export type { FinalState, RecordedState, UtteranceSource } from './events/utterance-records.js';
export {
  DEFAULT_FAILURE_TEXT,
  DEFAULT_START_TEXT,
  DUPLICATE_DEFAULTS,
  DuplicatePolicy,
  DuplicateScopes,
  FILLER_DEFAULTS,
  Fillers,
  longestBackoffMs,
  MAX_GRACE_MS,
  RetryPolicy,
  TOOL_DEFAULTS,
  ToolDefinition,
  watchdogMs,
} from './events/tool-definition.js';
export type { DuplicateScope } from './events/tool-definition.js';
