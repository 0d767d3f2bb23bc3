/** How a tool is set up in Vapi: whether its webhook is waited for. */
export const ToolCallModes = ['async', 'sync'] as const;
export type ToolCallMode = (typeof ToolCallModes)[number];
