/** What goes from hop to hop. */
export interface FloorToolCall {
  readonly callId: string;
  readonly toolCallId: string;
  readonly region: string;
  readonly controlUrl: string;
}

export interface FloorResult {
  readonly controlUrl: string;
  readonly text: string;
}

export const FLOOR_STREAMS = {
  toolCalls: { stream: 'BENCH_TOOL_CALLS', subject: 'bench.tool-calls', consumer: 'worker' },
  results: { stream: 'BENCH_RESULTS', subject: 'bench.results', consumer: 'notifier' },
} as const;

export interface FloorOptions {
  readonly natsUrl: string;
}

export interface FloorGatewayOptions extends FloorOptions {
  readonly port: number;
  readonly secret: string;
}
