import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../scenario/json.types.js';

/** Presigned URLs differ with every delivery, so a hash of the body is no identity (VAPI.md 4). */
export function presignedUrls(callId: string, epochMs: number): JsonObject {
  const signature = randomBytes(16).toString('hex');
  const url = (file: string): string =>
    `https://storage.example.invalid/${callId}-${file}?X-Amz-Expires=3600&X-Amz-Signature=${signature}`;
  return {
    recordingUrl: url('mono.wav'),
    stereoRecordingUrl: url('stereo.wav'),
    logUrl: url('call.jsonl.gz'),
    pcapUrl: url('sip.pcap'),
    presignedUrlsExpiresAt: new Date(epochMs + 3_600_000).toISOString(),
  };
}
