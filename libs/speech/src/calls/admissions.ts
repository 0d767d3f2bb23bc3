import type { Admission } from '@interject/contracts';
import { ADMISSION_VALID_MS, MAX_WAITING } from '../speech/speech-settings.js';

/** Places kept for announcements that were let in and have not arrived yet. */
export class Admissions {
  private readonly places = new Map<string, number>();

  /** @param waiting how many wait to be said already */
  admit(utteranceId: string, waiting: number, now: number): Admission {
    for (const [id, until] of this.places) if (now >= until) this.places.delete(id);
    if (!this.places.has(utteranceId) && waiting + this.places.size >= MAX_WAITING) return 'full';
    this.places.set(utteranceId, now + ADMISSION_VALID_MS);
    return 'admitted';
  }

  arrived(utteranceId: string): void {
    this.places.delete(utteranceId);
  }
}
