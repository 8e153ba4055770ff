# Sums of squares of ARMA fits beside R's arima(method = "CSS"):
#     Rscript css.R FILE.csv SERIES P Q SUMS [MOST]
# SUMS: of paraudit (bench_forecast with 0 runs), one a line. R does not keep to models that can be
# inverted: its fits beyond are counted and left out. Ends with 1 where the median ratio is not
# 1.000 +- .002, or where one is above MOST (1.02).
arguments <- commandArgs(TRUE)
rows <- read.csv(arguments[1])
series <- split(rows$y, factor(rows$unique_id, levels = unique(rows$unique_id)))
n <- min(as.integer(arguments[2]), length(series))
p <- as.integer(arguments[3])
q <- as.integer(arguments[4])
ours <- scan(arguments[5], quiet = TRUE)[seq_len(n)]
most <- if (length(arguments) > 5) as.numeric(arguments[6]) else 1.02

invertible <- function(theta) length(theta) == 0 || all(Mod(polyroot(c(1, theta))) > 1)
theirs <- rep(NA, n)
n_beyond <- 0
start <- proc.time()[["user.self"]]
for (i in seq_len(n)) {
    fit <- suppressWarnings(try(arima(series[[i]], order = c(p, 0, q), method = "CSS"), silent = TRUE))
    if (inherits(fit, "try-error")) next
    if (invertible(coef(fit)[p + seq_len(q)])) theirs[i] <- sum(residuals(fit)^2) else n_beyond <- n_beyond + 1
}
seconds <- proc.time()[["user.self"]] - start
ratio <- (ours / theirs)[!is.na(theirs)]
cat(sprintf(
    "ARMA(%d, %d) by CSS, %d series: R %.0f series/s, %d gave up, %d cannot be inverted; ratio of ours to its sum of squares: median %.4f, least %.4f, most %.4f, above 1.002: %d, below .998: %d\n",
    p, q, n, n / seconds, sum(is.na(theirs)) - n_beyond, n_beyond, median(ratio), min(ratio), max(ratio), sum(ratio > 1.002), sum(ratio < .998)))
if (abs(median(ratio) - 1) > .002 || max(ratio) > most) quit(status = 1)
