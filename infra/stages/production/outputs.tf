output "pipeline" {
  description = "Names and addresses of everything."
  value       = module.pipeline
}
