// Fails where a plain object in src/ (or the folder that is named) is read, written or emptied by `object[key]` with
// any text as its key. A key that came from outside may be `constructor` or `__proto__`, which every object has
// already: reading takes own() of src/base/own.ts, gathering a Map. Keys whose type is a list of literals are fine.

import { relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(process.argv[2] ?? 'src');
const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const entries = ts.sys.readDirectory(root, ['.ts']).filter((name) => !name.endsWith('/base/own.ts'));
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();
const files = entries.map((name) => program.getSourceFile(name)).filter((file) => file !== undefined);

const places = files.flatMap((file) =>
  elementAccesses(file)
    .filter(({ argumentExpression }) => isAnyText(checker.getTypeAtLocation(argumentExpression)))
    .filter(({ expression }) => isPlainTable(checker.getTypeAtLocation(expression)))
    .map((node) => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      return `${relative('.', file.fileName)}:${line + 1} ${node.getText()}`;
    }),
);
for (const place of places) console.error(place);
if (places.length > 0) {
  console.error('keys: read such an object with own() of src/base/own.ts, gather into a Map');
  process.exitCode = 1;
} else if (files.length === 0 || files.length < entries.length) {
  console.error(`keys: only ${files.length} of ${entries.length} source files were looked at`);
  process.exitCode = 1;
} else {
  console.log(`keys: no plain object in ${files.length} files is keyed by foreign text`);
}

function elementAccesses(node) {
  const inside = [];
  ts.forEachChild(node, (child) => {
    inside.push(...elementAccesses(child));
  });
  return ts.isElementAccessExpression(node) ? [node, ...inside] : inside;
}

function isAnyText(type) {
  const isText = (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) !== 0;
  return isText || (type.isUnion() && type.types.some(isAnyText));
}

/** Whether the type takes any text as a key: a `Record<string, …>`. */
function isPlainTable(type) {
  const keys = checker.getIndexInfosOfType(checker.getApparentType(type)).map(({ keyType }) => keyType);
  return keys.some(({ flags }) => (flags & ts.TypeFlags.String) !== 0);
}
