import { IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Env, IsPublicUrl } from '@interject/runtime';
import type { CrossChecked } from '@interject/runtime';
import { HmacAlgorithms, SignatureEncodings, webhookAuthProblems } from '@interject/vapi';
import type { HmacAlgorithm, SignatureEncoding, WebhookAuthSetting, WebhookAuthSettings } from '@interject/vapi';
import { WEBHOOK_PATH } from './webhook.constants.js';

/** How webhooks prove that they come from Vapi. */
export const WebhookAuthModes = ['secret', 'bearer', 'hmac', 'none'] as const;
export type WebhookAuthMode = (typeof WebhookAuthModes)[number];

/** Which variable a setting comes from. */
const VARIABLES: Readonly<Record<WebhookAuthSetting, string>> = {
  secrets: 'VAPI_WEBHOOK_SECRET',
  header: 'VAPI_WEBHOOK_BEARER_HEADER',
  signatureHeader: 'VAPI_WEBHOOK_HMAC_SIGNATURE_HEADER',
  signaturePrefix: 'VAPI_WEBHOOK_HMAC_SIGNATURE_PREFIX',
  timestampHeader: 'VAPI_WEBHOOK_HMAC_TIMESTAMP_HEADER',
  payloadFormat: 'VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT',
  messageIdHeader: 'VAPI_WEBHOOK_HMAC_MESSAGE_ID_HEADER',
  url: 'VAPI_WEBHOOK_HMAC_URL',
};

/** Options that one mode has and the others have not, by field. */
const OPTIONS = {
  bearer: { bearerHeader: VARIABLES.header, bearerPrefix: 'VAPI_WEBHOOK_BEARER_PREFIX' },
  hmac: {
    hmacAlgorithm: 'VAPI_WEBHOOK_HMAC_ALGORITHM',
    hmacSignatureHeader: VARIABLES.signatureHeader,
    hmacSignaturePrefix: VARIABLES.signaturePrefix,
    hmacEncoding: 'VAPI_WEBHOOK_HMAC_ENCODING',
    hmacSecretIsBase64: 'VAPI_WEBHOOK_HMAC_SECRET_BASE64',
    hmacTimestamp: 'VAPI_WEBHOOK_HMAC_TIMESTAMP',
    hmacTimestampHeader: VARIABLES.timestampHeader,
    hmacPayloadFormat: VARIABLES.payloadFormat,
    hmacMessageIdHeader: VARIABLES.messageIdHeader,
    hmacUrl: VARIABLES.url,
  },
} as const;

/** How webhooks are authenticated: what is configured at Vapi, option by option, with Vapi's defaults (VAPI.md 3). */
export class WebhookAuthConfig implements CrossChecked {
  /** No default: an open gateway lets anybody run tools and speak into calls. */
  @Env('VAPI_WEBHOOK_AUTH')
  @IsIn(WebhookAuthModes, {
    message:
      "must be 'secret', 'bearer' or 'hmac' (each with VAPI_WEBHOOK_SECRET), or 'none' to accept webhooks from anybody",
  })
  readonly mode!: WebhookAuthMode;

  /** Secret, token or HMAC key; several with commas or line breaks between, of which any is good. */
  @Env('VAPI_WEBHOOK_SECRET', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  @Length(1, 16_384)
  readonly secret?: string;

  @Env('VAPI_WEBHOOK_BEARER_HEADER', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly bearerHeader?: string;

  @Env('VAPI_WEBHOOK_BEARER_PREFIX', { type: 'boolean' })
  @IsOptional()
  @IsBoolean()
  readonly bearerPrefix?: boolean;

  @Env('VAPI_WEBHOOK_HMAC_ALGORITHM', { type: 'string' })
  @IsOptional()
  @IsIn(HmacAlgorithms)
  readonly hmacAlgorithm?: HmacAlgorithm;

  @Env('VAPI_WEBHOOK_HMAC_SIGNATURE_HEADER', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly hmacSignatureHeader?: string;

  @Env('VAPI_WEBHOOK_HMAC_SIGNATURE_PREFIX', { type: 'string' })
  @IsOptional()
  @Length(1, 100)
  readonly hmacSignaturePrefix?: string;

  @Env('VAPI_WEBHOOK_HMAC_ENCODING', { type: 'string' })
  @IsOptional()
  @IsIn(SignatureEncodings)
  readonly hmacEncoding?: SignatureEncoding;

  @Env('VAPI_WEBHOOK_HMAC_SECRET_BASE64', { type: 'boolean' })
  @IsOptional()
  @IsBoolean()
  readonly hmacSecretIsBase64?: boolean;

  @Env('VAPI_WEBHOOK_HMAC_TIMESTAMP', { type: 'boolean' })
  @IsOptional()
  @IsBoolean()
  readonly hmacTimestamp?: boolean;

  @Env('VAPI_WEBHOOK_HMAC_TIMESTAMP_HEADER', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly hmacTimestampHeader?: string;

  @Env('VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT', { type: 'string' })
  @IsOptional()
  @Length(1, 1000)
  readonly hmacPayloadFormat?: string;

  @Env('VAPI_WEBHOOK_HMAC_MESSAGE_ID_HEADER', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly hmacMessageIdHeader?: string;

  @Env('VAPI_WEBHOOK_HMAC_URL', { type: 'string' })
  @IsOptional()
  @Length(1, 2048)
  readonly hmacUrl?: string;

  /** What `{url}` is unless it is told. */
  @Env('GATEWAY_PUBLIC_URL', { type: 'string' })
  @IsOptional()
  @IsPublicUrl()
  readonly publicUrl?: string;

  get settings(): WebhookAuthSettings {
    const secrets = secretsIn(this.secret ?? '');
    switch (this.mode) {
      case 'none':
        return { mode: 'none' };
      case 'secret':
        return { mode: 'secret', secrets };
      case 'bearer':
        return {
          mode: 'bearer',
          secrets,
          header: this.bearerHeader ?? 'authorization',
          prefix: this.bearerPrefix ?? true,
        };
      case 'hmac':
        return this.hmac(secrets);
    }
  }

  problems(): readonly string[] {
    // Nothing goes with a mode that there is not; that one is told already.
    if (!WebhookAuthModes.includes(this.mode)) return [];
    const needed = `is needed for VAPI_WEBHOOK_AUTH=${this.mode}: set it to what is configured at Vapi`;
    const problems = webhookAuthProblems(this.settings).map(({ setting, problem }) => {
      return `${VARIABLES[setting]} ${setting === 'secrets' && this.secret === undefined ? needed : problem}`;
    });
    return [...this.misplacedOptions(), ...problems];
  }

  private hmac(secrets: readonly string[]): WebhookAuthSettings {
    const sendsTimestamp = this.hmacTimestamp ?? true;
    const { publicUrl } = this;
    return {
      mode: 'hmac',
      secrets,
      algorithm: this.hmacAlgorithm ?? 'sha256',
      signatureHeader: this.hmacSignatureHeader ?? 'x-signature',
      signaturePrefix: this.hmacSignaturePrefix ?? '',
      signatureEncoding: this.hmacEncoding ?? 'hex',
      secretIsBase64: this.hmacSecretIsBase64 ?? false,
      timestampHeader: sendsTimestamp ? (this.hmacTimestampHeader ?? 'x-timestamp') : undefined,
      payloadFormat: this.hmacPayloadFormat ?? (sendsTimestamp ? '{timestamp}.{body}' : '{body}'),
      messageIdHeader: this.hmacMessageIdHeader,
      url: this.hmacUrl ?? (publicUrl === undefined ? undefined : publicUrl.replace(/\/+$/, '') + WEBHOOK_PATH),
    };
  }

  /** An option without effect: whoever set it believes that webhooks are checked otherwise than they are. */
  private misplacedOptions(): readonly string[] {
    const problems: string[] = [];
    for (const [mode, options] of Object.entries(OPTIONS)) {
      if (mode === this.mode) continue;
      for (const [field, variable] of Object.entries(options)) {
        if (this[field as keyof this] === undefined) continue;
        problems.push(
          `${variable} is an option of VAPI_WEBHOOK_AUTH=${mode}, which is ${this.mode}: take one of them out`,
        );
      }
    }
    if (this.mode === 'hmac' && this.hmacTimestamp === false && this.hmacTimestampHeader !== undefined) {
      problems.push(
        `${VARIABLES.timestampHeader} has no effect with ${OPTIONS.hmac.hmacTimestamp}=false: take one of them out`,
      );
    }
    return problems;
  }
}

/** No secret can have blanks at its ends: no header could carry them. */
function secretsIn(text: string): readonly string[] {
  return text
    .split(/[,\r\n]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}
