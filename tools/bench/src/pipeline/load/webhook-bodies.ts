import { BENCH_TOOL } from '../system.types.js';
import { callIdOf, regionOf, toolCallIdOf } from './call-ids.js';

const CALL_ID = '@call-id@';
const TOOL_CALL_ID = '@tool-call-id@';
const REGION = '@region@';
const NOW = '@now@';
/** Size of a webhook: real ones of small calls have 5 to 23 KB (VAPI.md 0.7). */
export const WEBHOOK_BYTES = 6144;

const TOOL = {
  type: 'function',
  async: true,
  function: {
    name: BENCH_TOOL,
    description: 'Builds the sales report of a district.',
    parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
  },
  server: { url: 'https://tools.example.com/vapi/webhook', timeoutSeconds: 10 },
  messages: [{ type: 'request-complete', content: 'I have asked for it.' }],
};

/** Server messages shaped like real ones (VAPI.md 1): one template each, filled in for every call. */
export class WebhookBodies {
  private readonly templates: Readonly<Record<'tool-calls' | 'status-update' | 'speech-update', readonly string[]>>;

  /** @param run see {@link callIdOf} */
  constructor(
    private readonly run: number,
    sinkOrigin: string,
  ) {
    const toolCall = {
      id: TOOL_CALL_ID,
      type: 'function',
      function: { name: BENCH_TOOL, arguments: { region: REGION } },
    };
    const lists = { toolCallList: [toolCall], toolCalls: [toolCall], toolWithToolCallList: [{ ...TOOL, toolCall }] };
    this.templates = {
      'tool-calls': templateOf({ type: 'tool-calls', ...lists }, sinkOrigin),
      'status-update': templateOf({ type: 'status-update', status: 'in-progress' }, sinkOrigin),
      'speech-update': templateOf({ type: 'speech-update', role: 'assistant', status: 'stopped', turn: 0 }, sinkOrigin),
    };
  }

  toolCalls(index: number): string {
    return this.fill('tool-calls', index);
  }

  /** The call is in progress; shows its control URL. */
  inProgress(index: number): string {
    return this.fill('status-update', index);
  }

  /** The assistant has just ceased to speak. */
  assistantStopped(index: number): string {
    return this.fill('speech-update', index);
  }

  private fill(type: 'tool-calls' | 'status-update' | 'speech-update', index: number): string {
    const values: Record<string, string> = {
      [CALL_ID]: callIdOf(this.run, index),
      [TOOL_CALL_ID]: toolCallIdOf(index),
      [REGION]: regionOf(index),
      [NOW]: String(Date.now()),
    };
    return this.templates[type].map((part) => values[part] ?? part).join('');
  }
}

/** The JSON in parts; every second one is a placeholder. */
function templateOf(own: object, sinkOrigin: string): readonly string[] {
  const bare = messageOf(own, sinkOrigin, '');
  const missing = WEBHOOK_BYTES - Buffer.byteLength(JSON.stringify({ message: bare }));
  const prompt = 'You answer the phone of a wholesale company. Be brief, be friendly, never invent figures. ';
  const text = JSON.stringify({
    message: messageOf(
      own,
      sinkOrigin,
      prompt.repeat(Math.ceil(Math.max(0, missing) / prompt.length)).slice(0, missing),
    ),
  });
  return text.replaceAll(`"${NOW}"`, NOW).split(new RegExp(`(${[CALL_ID, TOOL_CALL_ID, REGION, NOW].join('|')})`));
}

function messageOf(own: object, sinkOrigin: string, prompt: string): object {
  return {
    timestamp: NOW,
    ...own,
    call: {
      id: CALL_ID,
      orgId: '5f6c3c8e-3a1f-4a52-9a51-6d2b5f3f0a11',
      createdAt: '2026-08-20T10:00:00.000Z',
      updatedAt: '2026-08-20T10:00:00.000Z',
      type: 'inboundPhoneCall',
      status: 'ringing',
      monitor: { listenUrl: `${sinkOrigin}/${CALL_ID}/listen`, controlUrl: `${sinkOrigin}/${CALL_ID}/control` },
      transport: { provider: 'twilio', callSid: 'CA00000000000000000000000000000000' },
      assistantId: '9a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d',
    },
    phoneNumber: { id: '0a1b2c3d-0000-4000-8000-000000000000', number: '+15550100000', provider: 'twilio' },
    customer: { number: '+15550100001' },
    assistant: {
      name: 'Front desk',
      model: { provider: 'openai', model: 'gpt-4o', messages: [{ role: 'system', content: prompt }], tools: [TOOL] },
      voice: { provider: '11labs', voiceId: 'sarah' },
      transcriber: { provider: 'deepgram', model: 'nova-3' },
    },
    artifact: {
      messages: [
        { role: 'bot', message: 'Hello, how can I help?', time: 1_758_835_612_167.001, secondsFromStart: 1.2 },
        { role: 'user', message: 'How are the sales here?', time: 1_758_835_616_020, secondsFromStart: 5.1 },
      ],
    },
  };
}
