import { ValidateBy } from 'class-validator';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_TEMPLATE = 500;

/** An object of at most `max` templates by argument name. */
export function IsStaticArguments(max: number): PropertyDecorator {
  return ValidateBy({
    name: 'isStaticArguments',
    validator: {
      validate: (value: unknown): boolean => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
        const entries = Object.entries(value);
        return entries.length <= max && entries.every(([name, template]) => NAME.test(name) && isTemplate(template));
      },
      defaultMessage: () =>
        `$property must hold at most ${String(max)} templates of 1 to ${String(MAX_TEMPLATE)} characters by argument name`,
    },
  });
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEMPLATE;
}
