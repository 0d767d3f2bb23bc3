export const HMAC_ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const;

/** How webhooks prove where they come from (VAPI.md 3). */
export type Authentication =
  | { readonly type: 'none' }
  /** The old `server.secret`, in `x-vapi-secret`. */
  | { readonly type: 'secret'; readonly secret: string }
  | {
      readonly type: 'bearer';
      readonly token: string;
      readonly headerName: string;
      readonly bearerPrefixEnabled: boolean;
    }
  | {
      readonly type: 'hmac';
      readonly secretKey: string;
      readonly secretIsBase64: boolean;
      readonly algorithm: (typeof HMAC_ALGORITHMS)[number];
      readonly signatureHeader: string;
      readonly signaturePrefix: string;
      readonly signatureEncoding: 'hex' | 'base64';
      readonly includeTimestamp: boolean;
      readonly timestampHeader: string;
      /** Not documented by Vapi (VAPI.md 7, question 4): both are played. */
      readonly timestampUnit: 'seconds' | 'milliseconds';
      /** Placeholders {body}, {timestamp}, {method}, {url}, {svix-id}. */
      readonly payloadFormat: string;
      readonly messageIdHeader: string | undefined;
    };
