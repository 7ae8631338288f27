export function ShotPlace() {
  return null
}
