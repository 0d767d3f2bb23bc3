import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Env, IsPublicUrl } from '@interject/runtime';
import { DEFAULT_VAPI_BASE_URL } from '@interject/vapi';
import { DEFAULT_REQUEST_SPACING_MS } from '@interject/vapi/tools';

const KEY = /^[\x21-\x7e]{8,1024}$/;
const NO_KEY = 'must be a key of 8 to 1024 characters without spaces';

/** The account, and what its tools shall have in common. */
export class VapiConfig {
  @Env('VAPI_API_KEY', { secret: true, type: 'string' })
  @Matches(KEY, { message: `${NO_KEY}: the private key of the organisation` })
  readonly apiKey!: string;

  @Env('VAPI_BASE_URL')
  @IsString()
  @Length(1, 2048)
  readonly baseUrl: string = DEFAULT_VAPI_BASE_URL;

  /** Where Vapi reaches the gateway. */
  @Env('GATEWAY_PUBLIC_URL')
  @IsPublicUrl()
  readonly publicUrl!: string;

  /** The credential in Vapi by which webhooks prove who they are. */
  @Env('VAPI_CREDENTIAL_ID', { type: 'string' })
  @IsOptional()
  @Matches(/^[\w-]{1,100}$/, { message: 'must be the id of a credential in Vapi' })
  readonly credentialId?: string;

  /** Only whether there is one is of interest here. */
  @Env('VAPI_PUBLIC_KEY', { secret: true, type: 'string' })
  @IsOptional()
  @Matches(KEY, { message: NO_KEY })
  readonly publicKey?: string;

  @Env('VAPI_REQUEST_SPACING_MS')
  @IsInt()
  @Min(0)
  @Max(60_000)
  readonly requestSpacingMs: number = DEFAULT_REQUEST_SPACING_MS;

  get webhookUrl(): string {
    return `${this.publicUrl.replace(/\/+$/, '')}/vapi/webhook`;
  }

  problems(): string[] {
    const isVapi = this.baseUrl.startsWith('https:');
    return [
      ...(URL.canParse(this.baseUrl) && /^https?:/.test(this.baseUrl)
        ? []
        : ['VAPI_BASE_URL must be an http or https URL']),
      ...(isVapi && this.publicUrl.startsWith('http:')
        ? ['GATEWAY_PUBLIC_URL must be https: Vapi sends what callers say to it']
        : []),
    ];
  }
}

/** For the tools of a gateway. */
export class GatewaySourceConfig {
  @Env('INTERJECT_API_KEY', { secret: true, type: 'string' })
  @Matches(KEY, { message: `${NO_KEY}: that of the gateway (--from nats and --from file need none)` })
  readonly apiKey!: string;

  @Env('GATEWAY_PUBLIC_URL')
  @IsString()
  readonly publicUrl: string = '';
}
