export { RecordingTracer } from './recording-tracer.js';
export type { RecordedSpan } from './recording-tracer.js';
