import Jobs

extension Configuration {
    /// What holds for jobs that fail or take too long.
    var jobPolicies: JobPolicies {
        let kinds = Job.Kind.allCases.map { kind in
            let policy = JobPolicy(
                retries: RetryPolicy(
                    maxAttempts: jobMaxAttempts[kind],
                    base: jobRetryBase[kind],
                    cap: jobRetryCap[kind],
                    deadline: jobRetryDeadline[kind]
                ),
                timeout: jobTimeout[kind]
            )
            return (kind, policy)
        }
        return JobPolicies(JobPolicy(), except: Dictionary(uniqueKeysWithValues: kinds))
    }
}
