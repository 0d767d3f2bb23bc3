/** The arguments DTO of a tool that takes none. */
export class NoArguments {}
