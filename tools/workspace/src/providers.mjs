import ts from 'typescript';

/**
 * Adds a class to the providers of a Nest module and imports it.
 * @param {string} file for messages
 * @param {string} source of the module
 * @param {{ className: string, from: string }} provider `from`: as it is imported
 * @returns {string}
 * @throws {Error} that says what to write by hand if the module is of a form that cannot be edited safely
 */
export function addProvider(file, source, { className, from }) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const options = moduleOptions(tree);
  const byHand = `import { ${className} } from '${from}' and list ${className} in its providers by hand.`;
  if (options === undefined) throw new Error(`${file} has no @Module({ ... }): ${byHand}`);
  const providers = options.properties.find((property) => property.name?.getText() === 'providers');
  const imported = lastImportEnd(tree);
  const importLine = `\nimport { ${className} } from '${from}';`;
  /** @type {(at: number, text: string) => string} */
  const edited = (at, text) =>
    source.slice(0, imported) + importLine + source.slice(imported, at) + text + source.slice(at);

  if (providers === undefined)
    return edited(options.getEnd() - 1, `${comma(options.properties)} providers: [${className}]`);
  const isList = ts.isPropertyAssignment(providers) && ts.isArrayLiteralExpression(providers.initializer);
  if (!isList) throw new Error(`The providers of ${file} are not a plain list: ${byHand}`);
  const list = /** @type {ts.ArrayLiteralExpression} */ (providers.initializer);
  if (list.elements.some((element) => element.getText() === className)) return source;
  return edited(
    list.elements.at(-1)?.getEnd() ?? list.getStart() + 1,
    list.elements.length > 0 ? `, ${className}` : className,
  );
}

/**
 * @param {ts.SourceFile} tree
 * @returns {ts.ObjectLiteralExpression | undefined} the argument of the file's one `@Module`
 */
function moduleOptions(tree) {
  for (const statement of tree.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const decorator of ts.getDecorators(statement) ?? []) {
      const { expression } = decorator;
      if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'Module') continue;
      const [options] = expression.arguments;
      if (options && ts.isObjectLiteralExpression(options)) return options;
    }
  }
  return undefined;
}

/** @param {ts.SourceFile} tree */
function lastImportEnd(tree) {
  return tree.statements.filter(ts.isImportDeclaration).at(-1)?.getEnd() ?? 0;
}

/** @param {ts.NodeArray<ts.Node>} properties */
function comma(properties) {
  return properties.length > 0 && !properties.hasTrailingComma ? ',' : '';
}
