import { UndeliveredReasons } from '@interject/contracts';
import type { UndeliveredReason } from '@interject/contracts';
import { Env } from '@interject/runtime';
import type { CrossChecked } from '@interject/runtime';
import { ArrayMinSize, IsIn, IsOptional, IsString, Length } from 'class-validator';

/** Where follow-ups go, and which. */
export class FollowUpConfig implements CrossChecked {
  /** Gets a POST for each follow-up. Secret: such URLs often hold a token. */
  @Env('FOLLOW_UP_WEBHOOK_URL', { secret: true })
  @IsString()
  @Length(1, 2048, { message: 'must name the http:// or https:// address that gets what was not said' })
  readonly webhookUrl: string = '';

  /** Signs the requests. */
  @Env('FOLLOW_UP_WEBHOOK_SECRET', { secret: true })
  @IsOptional()
  @IsString()
  @Length(8, 1024, { message: 'must have 8 characters or more' })
  readonly webhookSecret?: string;

  /** Why something was not said, for it to be followed up. */
  @Env('FOLLOW_UP_REASONS', { type: 'list' })
  @ArrayMinSize(1, { message: `must name one or more of ${UndeliveredReasons.join(', ')}` })
  @IsIn(UndeliveredReasons, { each: true })
  readonly reasons: readonly UndeliveredReason[] = UndeliveredReasons;

  problems(): readonly string[] {
    if (this.webhookUrl === '') return [];
    const name = 'FOLLOW_UP_WEBHOOK_URL';
    if (!URL.canParse(this.webhookUrl)) return [`${name} must be a URL like https://sms.example/interject`];
    const { protocol, username, password } = new URL(this.webhookUrl);
    if (protocol !== 'https:' && protocol !== 'http:') return [`${name} must begin with https:// or http://`];
    if (username !== '' || password !== '') {
      return [`${name} must not hold user and password: requests are signed with FOLLOW_UP_WEBHOOK_SECRET`];
    }
    return [];
  }
}
