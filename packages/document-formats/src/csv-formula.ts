/**
 * True for a cell that a spreadsheet would run when somebody opens the file with it
 * (https://owasp.org/www-community/attacks/CSV_Injection): it begins with `=`, `+`, `-`, `@`, tab or carriage return, and is
 * neither a number nor a lone sign.
 */
export function isFormula(cell: string): boolean {
  return cell !== '' && STARTS.test(cell) && !NUMBER.test(cell);
}

const STARTS = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:[\d., ]*\d)?(?:[eE][+-]?\d+)?[ ]?%?$/;
