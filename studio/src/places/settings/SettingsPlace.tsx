export function SettingsPlace() {
  return null
}
