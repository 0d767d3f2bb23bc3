import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Admissions, announcementKey, MAX_ID_LENGTH } from '@interject/contracts';
import type { Admission } from '@interject/contracts';
import { EventPublisher } from '@interject/messaging';
import { Clock } from '@interject/runtime';
import { CallQuery } from '../calls/call-query.service.js';
import type { CallState } from '../calls/call-query.service.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { AnnouncementBody } from './announcement-body.dto.js';
import { readAnnouncement } from './read-announcement.js';

/** What became of an announcement; a metric label. */
export const AnnouncementOutcomes = [
  'accepted',
  'repeated',
  'invalid',
  'unknown-call',
  'ended',
  'full',
  'unavailable',
] as const;
export type AnnouncementOutcome = (typeof AnnouncementOutcomes)[number];

export type AnnouncementAnswer =
  | {
      readonly outcome: 'accepted' | 'repeated';
      readonly utteranceId: string;
      readonly announcementId: string;
    }
  | { readonly outcome: 'invalid'; readonly problems: readonly string[] }
  | { readonly outcome: 'ended'; readonly endedReason?: string }
  | { readonly outcome: 'unknown-call' | 'full' };

/** Takes what backend services want said in a call. */
@Injectable()
export class Announcements {
  constructor(
    @Inject(CallQuery) private readonly calls: CallQuery,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Publishes the announcement, if the owner of the call's partition has a place for it. It may be called again with the
   * same id.
   *
   * @param body the parsed body, whatever it is
   * @param traceparent the header to send on
   * @throws MessagingError when nobody owns the call at the moment, or the announcement could not be stored
   */
  async announce(callId: string, body: unknown, traceparent: string): Promise<AnnouncementAnswer> {
    const read = readAnnouncement(body);
    if (!read.ok) return this.counted({ outcome: 'invalid', problems: read.problems });
    try {
      return this.counted(await this.admitAndPublish(callId, read.body, traceparent));
    } catch (error) {
      this.count('unavailable');
      throw error;
    }
  }

  private async admitAndPublish(
    callId: string,
    { id, text, speech }: AnnouncementBody,
    traceparent: string,
  ): Promise<AnnouncementAnswer> {
    if (callId.length > MAX_ID_LENGTH) return { outcome: 'unknown-call' };
    // A null stands for a field left out.
    const announcementId = id ?? randomUUID();
    const utteranceId = announcementKey(callId, announcementId);
    const call = await this.calls.find(callId, { admit: utteranceId });
    if (call === undefined) return { outcome: 'unknown-call' };
    switch (admissionOf(call, utteranceId)) {
      case 'known':
        return { outcome: 'repeated', utteranceId, announcementId };
      case 'full':
        return { outcome: 'full' };
      case 'ended': {
        const { endedReason } = call;
        return { outcome: 'ended', ...(typeof endedReason === 'string' ? { endedReason } : {}) };
      }
      case 'admitted': {
        const wishes = speech === undefined || speech === null ? {} : { speech };
        const event = this.publisher.events.announcement({
          callId,
          announcementId,
          text,
          ...wishes,
          at: this.clock.now(),
        });
        const { repeated } = await this.publisher.publish(event, { traceparent });
        return { outcome: repeated ? 'repeated' : 'accepted', utteranceId, announcementId };
      }
    }
  }

  private counted(answer: AnnouncementAnswer): AnnouncementAnswer {
    this.count(answer.outcome);
    return answer;
  }

  private count(outcome: AnnouncementOutcome): void {
    this.metrics.announcements.inc({ outcome });
  }
}

/** The owner's word; without one (the summary of an ended call) what the state itself shows. */
function admissionOf(call: CallState, utteranceId: string): Admission {
  const { admission, utterances, status } = call;
  const isListed =
    Array.isArray(utterances) &&
    utterances.some((each: unknown) => (each as { utteranceId?: unknown } | null)?.utteranceId === utteranceId);
  if (isListed) return 'known';
  if (isAdmission(admission)) return admission;
  return status === 'ended' ? 'ended' : 'admitted';
}

function isAdmission(value: unknown): value is Admission {
  return Admissions.some((admission) => admission === value);
}
