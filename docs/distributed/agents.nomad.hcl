# Four agents, each on a node of its own: `nomad job run agents.nomad.hcl`.
# The address of Redis is a Nomad variable: `nomad var put nomad/jobs/relay-bench-agents redis=rediss://bench:PASSWORD@redis.example:6380`.
job "relay-bench-agents" {
  type = "batch"

  group "agents" {
    count = 4

    # A machine that is shared measures its neighbours.
    constraint {
      distinct_hosts = true
    }

    # Not started again in the middle of a run.
    restart {
      attempts = 0
      mode     = "fail"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }

    task "agent" {
      driver = "exec"

      config {
        command = "/usr/bin/relay-bench"
        args    = ["agent", "--once", "--allow", "relay.example", "--name", "${node.unique.name}"]
      }

      template {
        destination = "secrets/agent.env"
        env         = true
        data        = <<EOT
RELAY_BENCH_REDIS={{ with nomadVar "nomad/jobs/relay-bench-agents" }}{{ .redis }}{{ end }}
EOT
      }

      # A shard may be under way.
      kill_timeout = "120s"

      resources {
        cores  = 2
        memory = 1024
      }
    }
  }
}
