/** Whether a text is a command that starts a relay: it must be told its port. */
export function isRelayCommand(text: string): boolean {
  return text.includes('{port}');
}

/** What stands in quotation marks is for the program, not for the shell. */
const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"/gs;
/** More than one program with its arguments: operators, a variable for its environment, or an `exec` of its own. */
const MORE_THAN_A_PROGRAM = /[;&|<>()`\n]|^\s*(?:[A-Za-z_]\w*=|exec\s)/;

/** Places that a command has for what is known only when it is started. */
export interface CommandPlaces {
  readonly port: number;
  readonly dir: string;
}

/**
 * A command as a shell is given it. One program with its arguments takes the place of the shell (`exec`), so that the process
 * that is started is the relay; anything else stands as if it had been typed.
 */
export function shellText(command: string, { port, dir }: CommandPlaces): string {
  const text = command.replaceAll('{port}', String(port)).replaceAll('{dir}', dir);
  return MORE_THAN_A_PROGRAM.test(text.replace(QUOTED, '""')) ? text : `exec ${text}`;
}
