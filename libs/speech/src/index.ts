export { CallMachine } from './calls/call-machine.js';
export type { CallAction, Settlement, SpeechMessage } from './calls/call-actions.types.js';
export type { CallAnswer, CallFact, CallInput, PostOutcome } from './calls/call-inputs.types.js';
export { mergeSummaries } from './calls/call-snapshot.js';
export type { CallSnapshot, ToolCallSnapshot, UtteranceSnapshot } from './calls/call-snapshot.js';
export { DEFAULT_SPEECH_SETTINGS, estimatedSpeakingMs } from './speech/speech-settings.js';
export type { SpeechSettings } from './speech/speech-settings.js';
