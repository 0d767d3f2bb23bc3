/** A tool that the gateway answers itself, from the state of the call. */
export interface CallerTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, in the strict form that Vapi accepts. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Ready-made sync tools for an assistant: the caller asks what is running, or wants something stopped. */
export const CallerTools = {
  ListRunningTasks: {
    name: 'list_running_tasks',
    description:
      'Lists the tasks that are still running for this caller, and those that have finished but were not announced yet. ' +
      'Use it when the caller asks what is going on, how long something takes, or before a task is cancelled.',
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
  },
  CancelTask: {
    name: 'cancel_task',
    description:
      'Stops a task that is still running, when the caller no longer wants it. What has been done already is not undone.',
    parameters: {
      type: 'object',
      properties: {
        task: {
          type: 'string',
          description:
            'The number or the name of the task as list_running_tasks gives it. "all" stops everything; "" is enough if only ' +
            'one task is running.',
        },
      },
      required: ['task'],
      additionalProperties: false,
    },
  },
} as const satisfies Record<string, CallerTool>;

const NAMES: ReadonlySet<string> = new Set(Object.values(CallerTools).map(({ name }) => name));

/** True for a tool that the gateway answers itself: no worker may offer one of that name. */
export function isCallerTool(name: string): boolean {
  return NAMES.has(name);
}
