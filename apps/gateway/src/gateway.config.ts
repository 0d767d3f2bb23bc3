import { IsArray, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { CALLBACK_SECRET_LENGTH } from '@interject/contracts';
import { Env, IsPublicUrl } from '@interject/runtime';
import { parseAllowedOrigins } from '@interject/vapi';

/** Configuration of the gateway, see .env.example; that of webhook authentication has a class of its own. */
export class GatewayConfig {
  @Env('GATEWAY_PORT')
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly port: number = 3000;

  /** Bearer key of the API for backend services; without one that API is closed. */
  @Env('INTERJECT_API_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  @Length(8, 1024)
  readonly apiKey?: string;

  /** Where Vapi and backends reach this gateway: their callbacks come to `<url>/callbacks/<token>`. */
  @Env('GATEWAY_PUBLIC_URL', { type: 'string' })
  @IsOptional()
  @IsPublicUrl()
  readonly publicUrl?: string;

  /** Workers sign callback URLs with it; without one no callback is taken. */
  @Env('CALLBACK_SECRET', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  @Length(CALLBACK_SECRET_LENGTH.min, CALLBACK_SECRET_LENGTH.max, {
    message: 'must have 16 to 1024 characters, the same ones as at the workers',
  })
  readonly callbackSecret?: string;

  /** Origins besides https://*.vapi.ai that a control URL may have, for the simulator. */
  @Env('VAPI_CONTROL_URL_ALLOWED_ORIGINS', { type: 'list' })
  @IsArray()
  @IsString({ each: true })
  readonly controlUrlAllowedOrigins: readonly string[] = [];

  problems(): string[] {
    const problems: string[] = [];
    try {
      parseAllowedOrigins(this.controlUrlAllowedOrigins);
    } catch (error) {
      problems.push(`VAPI_CONTROL_URL_ALLOWED_ORIGINS: ${(error as Error).message}`);
    }
    return problems;
  }
}
