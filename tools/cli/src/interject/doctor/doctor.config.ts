import { IsInt, IsOptional, IsString, Length, Min } from 'class-validator';
import { Env } from '@interject/runtime';
import { DEFAULT_VAPI_BASE_URL } from '@interject/vapi';

/** What the doctor looks at. Nothing is refused here: what does not fit is a finding. */
export class DoctorConfig {
  @Env('VAPI_WEBHOOK_AUTH', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly webhookAuth?: string;

  /** Only whether there is one, and how long, is of interest here. */
  @Env('VAPI_WEBHOOK_SECRET', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  readonly webhookSecret?: string;

  @Env('VAPI_API_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  readonly apiKey?: string;

  @Env('VAPI_BASE_URL', { type: 'string' })
  @IsString()
  @Length(1, 2048)
  readonly baseUrl: string = DEFAULT_VAPI_BASE_URL;

  @Env('GATEWAY_PUBLIC_URL', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly publicUrl?: string;

  @Env('INTERJECT_API_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  readonly interjectApiKey?: string;

  @Env('VAPI_CONTROL_URL_ALLOWED_ORIGINS', { type: 'list' })
  readonly allowedOrigins: readonly string[] = [];

  @Env('NATS_REPLICAS')
  @IsOptional()
  @IsInt()
  @Min(1)
  readonly natsReplicas?: number;
}
